// The tests of a tile make the index of one bit in its table: see viewer/sign/tables.py. Discarding
// the outside is cheaper on llvmpipe than painting it, and compiled in half the time. With COUNTED
// the colour is how many of the tile's own samples of a pixel are inside, to be added up.
out vec4 colour;

#ifdef COUNTED
uniform ivec4 window; // as in tiles.vert
uniform int samples;

flat in ivec4 owned;
#endif
#ifndef COUNTED
flat in vec4 ends;
#endif
#if TESTS == 0
uniform float level;
#else
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

// 1 inside, 0 outside; `steps` away from where `from` is, a whole number.
uint answer(vec2 steps) {
    vec2 at = from.xy + steps * from.zw;
    uint index = 0u;
    for (int number = 0; number < TESTS; ++number) index |= test(number, at);
    uint word = answers[index >> 7u][(index >> 5u) & 3u];
    return (word >> (index & 31u)) & 1u;
}
#endif

void main() {
#ifdef COUNTED
    // Those samples of the pixel that are the tile's, counted from the tile's first.
    ivec2 low = (window.xy + window.zw * ivec2(gl_FragCoord.xy)) * samples - owned.xy;
    ivec2 high = min(low + samples, owned.zw);
    low = max(low, 0);
#if TESTS == 0
    ivec2 both = high - low;
    colour = vec4(both.x * both.y);
#else
    uint count = 0u;
    for (int row = low.y; row < high.y; ++row)
        for (int column = low.x; column < high.x; ++column) count += answer(vec2(column, row));
    colour = vec4(count);
#endif
#else
    // A point is square and may have pixels that are not its rectangle's, between its ends. One
    // discard, at the end: llvmpipe takes ten times as long for what comes after another.
    vec2 between = (gl_FragCoord.xy - ends.xy) * (ends.zw - gl_FragCoord.xy);
    bool inside = min(between.x, between.y) >= 0.0;
#if TESTS == 0
    if (!inside) discard;
    colour = vec4(vec3(level), 1.0);
#else
    // The difference of two numbers that end in a half is whole, and exact.
    if ((answer(gl_FragCoord.xy - ends.xy) & uint(inside)) == 0u) discard;
    colour = vec4(1.0);
#endif
#endif
}
