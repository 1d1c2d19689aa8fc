// Red where the field, times a number, is not a number; nothing else is touched.
uniform float factor;

out vec4 colour;

void main() {
    float value = field() * factor;
    if ((floatBitsToUint(value) & 0x7fffffffu) <= 0x7f800000u) discard;
    colour = vec4(1.0, 0.0, 0.0, 1.0);
}
