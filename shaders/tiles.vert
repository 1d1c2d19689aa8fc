// One tile an instance: a rectangle of whole pixels, and what its fragments need, handed on flat.
// TESTS is the number of tests in its table, 0 where none are needed. With COUNTED the rectangle is
// one of samples, several to a pixel, and covers every pixel that it has a sample of.
uniform ivec4 window;  // i and j of the target's first pixel, and the signs that they grow with
uniform vec4 viewport; // the target's: x, y, width, height in its pixels

in ivec4 rectangle;    // i, j, width, height in the picture's pixels, or samples
#ifdef COUNTED
uniform int samples;   // along a side of a pixel
uniform ivec4 rounding; // what goes on the rectangle's first and last corner, to be divided down

flat out ivec4 owned;  // the rectangle
#endif
#if TESTS > 0
in vec4 start;         // u and v at the first pixel, and their steps
in vec4 coefficients[VECTORS];
in uvec4 table[TABLES];

#ifndef COUNTED
flat out vec2 first;   // the centre of the first pixel, in the target
#endif
flat out vec4 from;    // u and v there, and their steps to the right and up; of samples, down
flat out vec4 quadratics[VECTORS];
flat out uvec4 answers[TABLES];
#endif

void main() {
    ivec2 corner = ivec2(gl_VertexID & 1, gl_VertexID >> 1);
    ivec2 pixel = rectangle.xy + corner * rectangle.zw;
#ifdef COUNTED
    pixel = (pixel + rounding.xy + corner * (rounding.zw - rounding.xy)) / samples;
    owned = rectangle;
#endif
    // A row that counts down has its first pixel's lower edge where it counts up has the upper one.
    ivec2 place = window.zw * (pixel - window.xy) + (1 - window.zw) / 2;
    // Whole numbers up to the division, so that tiles meet exactly.
    gl_Position = vec4((vec2(place) - viewport.xy) / viewport.zw * 2.0 - 1.0, 0.0, 1.0);
#if TESTS > 0
#ifdef COUNTED
    from = start;
#else
    first = vec2(window.zw * (rectangle.xy - window.xy)) + 0.5;
    from = vec4(start.xy, start.zw * vec2(window.zw));
#endif
    quadratics = coefficients;
    answers = table;
#endif
}
