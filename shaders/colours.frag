// A field in colours: the formulas of viewer/picture/modes.py. MODE is 0 for distance, 1 for iso
// lines, 2 for the gradient.
uniform sampler2D values; // one more on every side than there are pixels
uniform ivec2 first;      // the target's pixel that is next to the first of them
uniform float step_size;  // in the units of the values, as is
uniform float offset;     // of what they are counted from
uniform int side;         // 0 where that is zero, else the sign of all
uniform vec3 inside, outside, line, middle, undefined; // 0 to 255

out vec4 colour;

const float LARGEST = 3.4028235e38 / 16.0;
const float TINY = 1.17549435e-38;
const float FIFTH = 5.0;

bool is_nan(float a) {
    return (floatBitsToUint(a) & 0x7fffffffu) > 0x7f800000u;
}

bool is_endless(float a) {
    return (floatBitsToUint(a) & 0x7fffffffu) >= 0x7f800000u;
}

// The larger of the changes to both sides, NaN passed over.
float change(float before, float middle, float after) {
    float one = abs(before - middle);
    float other = abs(after - middle);
    if (is_nan(one)) one = 0.0;
    if (is_nan(other)) other = 0.0;
    return max(one, other);
}

// Of squares that are no floats, too.
float length_of(float a, float b) {
    float large = max(max(a, b), TINY);
    float part = min(a, b) / large;
    return is_endless(large) ? large : large * sqrt(1.0 + part * part);
}

void draw(inout vec3 colours, float away, float slope, float reach, float strength, vec3 ink) {
    float cover = is_endless(slope) ? 0.0 : clamp(reach + 0.5 - away / slope, 0.0, 1.0);
    colours += (ink - colours) * (cover * strength);
}

void lines(inout vec3 colours, float whole, float slope, float every, float strength) {
    float away = abs(whole - every * roundEven(whole / every));
    float visible = strength * clamp(every / (6.0 * slope) - 1.0, 0.0, 1.0);
    draw(colours, away, slope, 0.5, visible, line);
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) - first + 1;
    float sampled = texelFetch(values, at, 0).r;
    float value = clamp(sampled, -LARGEST, LARGEST);
    float across = change(texelFetch(values, at - ivec2(1, 0), 0).r, sampled,
                          texelFetch(values, at + ivec2(1, 0), 0).r);
    float down = change(texelFetch(values, at - ivec2(0, 1), 0).r, sampled,
                        texelFetch(values, at + ivec2(0, 1), 0).r);
    float slope = max(length_of(across, down), TINY);
    bool below = side == 0 ? value < 0.0 : side < 0;
    vec3 colours = below ? inside : outside;
    vec3 edge = line;
#if MODE == 0
    float steps = abs(value + offset) / step_size;
    float visible = clamp(step_size / (2.0 * slope) - 1.0, 0.0, 1.0);
    bool waves = visible > 0.0 && !is_endless(steps);
    float wave = 0.5 + (waves ? 0.5 * cos(6.283185307 * fract(steps)) * visible : 0.0);
    float near = side == 0 ? exp(-steps) : 0.0;
    float grey = dot(inside + outside, vec3(1.0 / 6.0));
    colours = grey + (colours - grey) * ((0.82 + 0.18 * wave) * (1.0 - 0.35 * near));
#elif MODE == 1
    lines(colours, value + offset, slope, step_size, 0.35);
    lines(colours, value + offset, slope, FIFTH * step_size, 0.6);
#else
    float part = 0.5 + 0.5 * log2(slope / step_size) * 0.30103;
    float ramp = is_endless(slope) ? 2.0 : 2.0 * clamp(part, 0.0, 1.0);
    colours = ramp < 1.0 ? mix(outside, middle, ramp) : mix(middle, inside, ramp - 1.0);
    edge = inside;
#endif
    if (side == 0) draw(colours, abs(value), slope, 1.0, 1.0, edge);
    colours = is_nan(sampled) ? undefined : clamp(colours, 0.0, 255.0);
    colour = vec4(colours / 255.0, 1.0);
}
