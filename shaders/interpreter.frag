// Runs register bytecode (its format stands in viewer/gpu/bytecode.py) for 2 x 2 pixels at a time,
// since to read a step costs more than to do it. Before this come the numbers REGISTERS, STRIDE
// and WIDTH, after it the function `operate`, which is written from the table of opcodes.
uniform usampler2D code;  // one step a texel, WIDTH steps a row
uniform ivec2 first;      // twice the distance of the first pixel from the picture's centre
uniform vec2 centre;      // model units
uniform float spacing;    // half the distance of two pixels, in model units
uniform float height;     // z of the slice

flat in ivec2 steps;

out vec4 value;

vec4 registers[REGISTERS];
vec4 result;

vec4 operate(uint opcode, vec4 a, vec4 b);

void run(int index) {
    uvec4 word = texelFetch(code, ivec2(index % WIDTH, index / WIDTH), 0);
    vec4 a = (word.x & 0x100u) != 0u ? vec4(uintBitsToFloat(word.z)) : registers[word.y & 0xffffu];
    vec4 b = (word.x & 0x200u) != 0u ? vec4(uintBitsToFloat(word.w)) : registers[word.y >> 16];
    precise vec4 found = operate(word.x & 0xffu, a, b);
    // A NaN shows through everything. Told by the bits: drivers may assume that there is none.
    bvec4 nan_a = greaterThan(floatBitsToUint(a) & 0x7fffffffu, uvec4(0x7f800000u));
    bvec4 nan_b = greaterThan(floatBitsToUint(b) & 0x7fffffffu, uvec4(0x7f800000u));
    result = mix(mix(found, b, nan_b), a, nan_a);
    registers[word.x >> 16] = result;
}

void main() {
    ivec2 texel = ivec2(gl_FragCoord.xy);
    vec4 column = vec4(first.x + 4 * texel.x + ivec4(0, 2, 0, 2));
    vec4 row = vec4(first.y - 4 * texel.y - ivec4(0, 0, 2, 2));
    precise vec4 x = column * spacing + centre.x;
    precise vec4 y = row * spacing + centre.y;
    registers[0] = x;
    registers[1] = y;
    registers[2] = vec4(height);
    int index = steps.x;
    while (index < steps.y) {
        run(index);
#if STRIDE > 1
        // Mesa's software driver leaves a loop after 65,535 turns, so long tapes take fewer.
        if (index + 1 < steps.y) run(index + 1);
        if (index + 2 < steps.y) run(index + 2);
        if (index + 3 < steps.y) run(index + 3);
#endif
        index += STRIDE;
    }
    // A NaN that no operation makes tells that the loop was left too early.
    value = index < steps.y ? vec4(uintBitsToFloat(UNFINISHED)) : result;
}
