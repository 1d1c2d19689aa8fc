// Paints where the field is negative. Discarding the rest does what blending would, and llvmpipe
// compiles a shader that may discard in half the time of one that may not.
out vec4 colour;

void main() {
    if (!(field() < 0.0)) discard;
    colour = vec4(1.0);
}
