// One tile an instance: a rectangle of whole pixels, and what its fragments need, handed on flat.
// TESTS is the number of tests in its table, 0 where none are needed. With COUNTED the rectangle is
// one of samples, several to a pixel, and covers every pixel that it has a sample of.
uniform ivec4 window;  // i and j of the target's first pixel, and the signs that they grow with
uniform vec4 viewport; // the target's: x, y, width, height in its pixels

#ifndef COUNTED
uniform bool points;   // whether each is one point, a square about the middle of its rectangle
#endif

in ivec4 rectangle;    // i, j, width, height in the picture's pixels, or samples
#ifdef COUNTED
uniform int samples;   // along a side of a pixel
uniform ivec4 rounding; // what goes on the rectangle's first and last corner, to be divided down

flat out ivec4 owned;  // the rectangle
#else
flat out vec4 ends;    // the centres of the first and the last pixel, in the target
#endif
#if TESTS > 0
in vec4 start;         // u and v at the first pixel, and their steps
in vec4 coefficients[VECTORS];
in uvec4 table[TABLES];

flat out vec4 from;    // u and v there, and their steps to the right and up; of samples, down
flat out vec4 quadratics[VECTORS];
flat out uvec4 answers[TABLES];
#endif

void main() {
    // Whole numbers up to the division, so that tiles meet exactly.
#ifdef COUNTED
    ivec2 corner = ivec2(gl_VertexID & 1, gl_VertexID >> 1);
    ivec2 pixel = rectangle.xy + corner * rectangle.zw;
    pixel = (pixel + rounding.xy + corner * (rounding.zw - rounding.xy)) / samples;
    owned = rectangle;
    vec2 place = vec2(window.zw * (pixel - window.xy) + (1 - window.zw) / 2);
#else
    // A row that counts down has its first pixel's lower edge where it counts up has the upper one.
    vec2 low = vec2(window.zw * (rectangle.xy - window.xy) + (1 - window.zw) / 2);
    vec2 across = vec2(window.zw * rectangle.zw);
    vec2 place = low + across * (points ? vec2(0.5) : vec2(gl_VertexID & 1, gl_VertexID >> 1));
    ends = vec4(low, low + across) + 0.5 * vec4(window.zw, -window.zw);
    gl_PointSize = float(max(rectangle.z, rectangle.w));
#endif
    gl_Position = vec4((place - viewport.xy) / viewport.zw * 2.0 - 1.0, 0.0, 1.0);
#if TESTS > 0
#ifdef COUNTED
    from = start;
#else
    from = vec4(start.xy, start.zw * vec2(window.zw));
#endif
    quadratics = coefficients;
    answers = table;
#endif
}
