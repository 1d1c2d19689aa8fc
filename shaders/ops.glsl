// Opcodes that GLSL has no function for, or none that is good enough.
//
// A translated program gets only those that it calls. Each is one block between blank lines and
// propagates NaN, unless the opcode's row says otherwise (hides_nan); comparisons are written so
// that NaN falls through to the arithmetic. No isnan(): drivers may assume that there is no NaN.
// The polynomials are those of Cephes' single precision library (S. L. Moshier, netlib.org/cephes);
// GLSL's own asin may be wrong in the 12th bit, and its log in the 10th.

// The same number, but the driver cannot know it, because nobody sets the uniform: llvmpipe makes 0
// of 0 * a, whatever a is, NaN and infinities included and `precise` or not.
uniform uint op_zero;
float op_opaque(float a) {
    return uintBitsToFloat(floatBitsToUint(a) | op_zero);
}

// The result of an operation that hides NaN, or NaN where its operand is: a test of the bits.
float op_nan(float a, float result) {
    return (floatBitsToUint(a) & 0x7fffffffu) > 0x7f800000u ? a : result;
}

// To the nearest integer, halves away from zero. a - trunc(a) is exact, a + 0.5 is not.
float op_round(float a) {
    precise float whole = trunc(a);
    precise float rest = a - whole;
    return abs(rest) >= 0.5 ? whole + sign(a) : whole;
}

float op_not(float a) {
    return a == 0.0 ? 1.0 : 0.0;
}

float op_compare(float a, float b) {
    return a < b ? -1.0 : a > b ? 1.0 : 0.0;
}

float op_and(float a, float b) {
    return a == 0.0 ? a : b;
}

float op_or(float a, float b) {
    return a != 0.0 ? a : b;
}

// Euclidean: in [0, |b|], where a tiny negative a rounds to |b| itself. NaN where b is zero.
// |b| goes in two halves, whose products with a quotient below 2^12 are exact.
float op_mod(float a, float b) {
    float size = abs(b);
    float high = uintBitsToFloat(floatBitsToUint(size) & 0xfffff000u);
    precise float low = size - high;
    precise float k = floor(a / size);
    precise float rest = (a - high * k) - low * k;
    rest = rest < 0.0 ? rest + size : rest > size ? rest - size : rest;
    bool endless = size > 3.4028235e38 && abs(a) <= 3.4028235e38;
    return endless ? (a < 0.0 ? size : abs(a)) : rest;
}

// exp(a) = 2^k exp(r) with |r| <= ln(2) / 2. 2^k in two factors: 2^128 is no float.
float op_exp(float a) {
    float x = a > 89.0 ? 89.0 : a < -104.0 ? -104.0 : a;
    precise float k = floor(x * 1.44269504 + 0.5);
    precise float r = (x - k * 0.693359375) + k * 2.12194440e-4;
    precise float p = 1.9875691500e-4;
    p = p * r + 1.3981999507e-3;
    p = p * r + 8.3334519073e-3;
    p = p * r + 4.1665795894e-2;
    p = p * r + 1.6666665459e-1;
    p = p * r + 5.0000001201e-1;
    p = (p * (r * r) + r) + 1.0;
    int half_k = int(k) / 2;
    float low = uintBitsToFloat(uint(half_k + 127) << 23);
    float high = uintBitsToFloat(uint(int(k) - half_k + 127) << 23);
    return p * low * high;
}

// ln(a) = k ln(2) + ln(m) with m in [sqrt(1/2), sqrt(2)).
float op_ln(float a) {
    uint bits = floatBitsToUint(a);
    int k = int(bits >> 23) - 126;
    float m = uintBitsToFloat((bits & 0x007fffffu) | 0x3f000000u);
    bool low = m < 0.707106781;
    precise float e = float(low ? k - 1 : k);
    precise float r = (low ? m + m : m) - 1.0;
    precise float z = r * r;
    precise float p = 7.0376836292e-2;
    p = p * r - 1.1514610310e-1;
    p = p * r + 1.1676998740e-1;
    p = p * r - 1.2420140846e-1;
    p = p * r + 1.4249322787e-1;
    p = p * r - 1.6668057665e-1;
    p = p * r + 2.0000714765e-1;
    p = p * r - 2.4999993993e-1;
    p = p * r + 3.3333331174e-1;
    precise float y = p * (r * z) - e * 2.12194440e-4;
    y = y - 0.5 * z;
    y = (r + y) + e * 0.693359375;
    bool ordinary = a >= 1.17549435e-38 && a <= 3.4028235e38;
    return ordinary ? y : a > 3.4028235e38 ? a : a < 0.0 ? uintBitsToFloat(0x7fc00000u)
        : a < 1.17549435e-38 ? uintBitsToFloat(0xff800000u) : a;
}

// atan(a) on [0, tan(pi/8)] by a polynomial, beyond by atan(a) = pi/4 + atan((a - 1) / (a + 1))
// and atan(a) = pi/2 - atan(1 / a).
float op_atan(float a) {
    float size = abs(a);
    bool far = size > 2.414213562373095;
    bool middle = size > 0.4142135623730950;
    precise float x = far ? -1.0 / size : middle ? (size - 1.0) / (size + 1.0) : size;
    float base = far ? 1.570796326794897 : middle ? 0.785398163397448 : 0.0;
    precise float z = x * x;
    precise float p = 8.05374449538e-2;
    p = p * z - 1.38776856032e-1;
    p = p * z + 1.99777106478e-1;
    p = p * z - 3.33329491539e-1;
    precise float y = base + ((p * z) * x + x);
    uint sign_bit = floatBitsToUint(a) & 0x80000000u;
    return uintBitsToFloat(floatBitsToUint(y) | sign_bit);
}

// The angle of (b, a): op_atan of the smaller over the larger, unfolded. Zeros keep their signs.
float op_atan2(float a, float b) {
    float y = abs(a);
    float x = abs(b);
    float large = max(x, y);
    float ratio = x == y ? (large == 0.0 ? 0.0 : 1.0) : min(x, y) / large;
    precise float angle = op_atan(ratio);
    angle = y > x ? 1.570796326794897 - angle : angle;
    angle = floatBitsToInt(b) < 0 ? 3.141592653589793 - angle : angle;
    return uintBitsToFloat(floatBitsToUint(angle) | (floatBitsToUint(a) & 0x80000000u));
}

// asin(a) on [0, 1/2] by a polynomial, above by asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)).
float op_asin(float a) {
    float size = abs(a);
    bool high = size > 0.5;
    precise float z = high ? 0.5 * (1.0 - size) : size * size;
    float x = high ? sqrt(z) : size;
    precise float p = 4.2163199048e-2;
    p = p * z + 2.4181311049e-2;
    p = p * z + 4.5470025998e-2;
    p = p * z + 7.4953002686e-2;
    p = p * z + 1.6666752422e-1;
    precise float y = (p * z) * x + x;
    y = high ? 1.570796326794897 - (y + y) : y;
    float signed_y = uintBitsToFloat(floatBitsToUint(y) | (floatBitsToUint(a) & 0x80000000u));
    return size > 1.0 ? uintBitsToFloat(0x7fc00000u) : signed_y;
}

// acos(a) = pi/2 - asin(a), but by the half angle near 1, where that would cancel.
float op_acos(float a) {
    precise float near = 2.0 * op_asin(sqrt(0.5 * (1.0 - a)));
    precise float plain = 1.570796326794897 - op_asin(a);
    return a > 0.5 ? near : plain;
}
