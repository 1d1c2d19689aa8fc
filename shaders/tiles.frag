// The tests of a tile make the index of one bit in its table: see viewer/sign/tables.py. Discarding
// the outside is cheaper on llvmpipe than painting it, and compiled in half the time.
out vec4 colour;

#if TESTS == 0
uniform float level;
#else
flat in vec2 first;
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
#endif

void main() {
#if TESTS == 0
    colour = vec4(vec3(level), 1.0);
#else
    // The difference of two numbers that end in a half is whole, and exact.
    vec2 at = from.xy + (gl_FragCoord.xy - first) * from.zw;
    uint index = 0u;
    for (int number = 0; number < TESTS; ++number) index |= test(number, at);
    uint word = answers[index >> 7u][(index >> 5u) & 3u];
    if (((word >> (index & 31u)) & 1u) == 0u) discard;
    colour = vec4(1.0);
#endif
}
