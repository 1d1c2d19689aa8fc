// Paints a target's pixels from texels that hold the values of 2 x 2 pixels each: white where the
// value is negative, else black; or the value itself, for a target of one float.
uniform sampler2D values;
uniform ivec2 first;  // the values' column and row at gl_FragCoord (0, 0)
uniform int down;     // 1 where rows of the values go up with the target's, -1 where they go down
uniform bool field;   // the value itself

out vec4 colour;

void main() {
    ivec2 pixel = first + ivec2(1, down) * ivec2(gl_FragCoord.xy);
    float value = texelFetch(values, pixel >> 1, 0)[(pixel.x & 1) + 2 * (pixel.y & 1)];
    float level = value < 0.0 ? 1.0 : 0.0;
    colour = field ? vec4(value) : vec4(level, level, level, 1.0);
}
