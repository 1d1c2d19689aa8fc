// One tile an instance: a rectangle of whole pixels, and what its fragments need, handed on flat.
// TESTS is the number of tests in its table, 0 for a flat tile.
uniform ivec4 window;  // i and j of the target's first pixel, and the signs that i and j grow with
uniform vec2 size;     // the target's size in pixels

in ivec4 rectangle;    // i, j, width, height in the picture's pixels
#if TESTS > 0
in vec4 start;         // u and v at the first pixel, and their steps
in vec4 coefficients[VECTORS];
in uvec4 table[TABLES];

flat out ivec2 origin;
flat out vec4 from;
flat out vec4 quadratics[VECTORS];
flat out uvec4 answers[TABLES];
#endif

void main() {
    ivec2 corner = ivec2(gl_VertexID & 1, gl_VertexID >> 1);
    ivec2 pixel = rectangle.xy + corner * rectangle.zw;
    // Whole numbers up to the division, so that tiles meet exactly.
    vec2 place = vec2(window.zw * (pixel - window.xy));
    gl_Position = vec4(place / size * 2.0 - 1.0, 0.0, 1.0);
#if TESTS > 0
    origin = rectangle.xy;
    from = start;
    quadratics = coefficients;
    answers = table;
#endif
}
