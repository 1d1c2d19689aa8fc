// The tests of a tile make the index of one bit in its table: see viewer/sign/tables.py.
uniform ivec4 window;  // as in tiles.vert

out vec4 colour;

#if TESTS == 0
void main() {
    colour = vec4(1.0);
}
#else
flat in ivec2 origin;
flat in vec4 from;
flat in vec4 quadratics[VECTORS];
flat in uvec4 answers[TABLES];

float value(int index) {
    return quadratics[index >> 2][index & 3];
}

uint test(int number, vec2 at) {
    int k = 6 * number;
    float q = value(k) + at.x * (value(k + 1) + at.x * value(k + 3) + at.y * value(k + 4))
            + at.y * (value(k + 2) + at.y * value(k + 5));
    return q < 0.0 ? 1u << number : 0u;
}

void main() {
    // gl_FragCoord is half a pixel from whole; its floor is the pixel's own number.
    ivec2 pixel = window.xy + window.zw * ivec2(gl_FragCoord.xy);
    vec2 at = from.xy + vec2(pixel - origin) * from.zw;
    uint index = 0u;
    for (int number = 0; number < TESTS; ++number) index |= test(number, at);
    uint word = answers[index >> 7u][(index >> 5u) & 3u];
    colour = vec4(vec3(float((word >> (index & 31u)) & 1u)), 1.0);
}
#endif
