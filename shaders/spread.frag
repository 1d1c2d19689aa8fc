// Paints a target's pixels white where the field is negative, else black, from texels that hold
// the values of 2 x 2 pixels each.
uniform sampler2D field;
uniform ivec2 first;  // the field's column and row at gl_FragCoord (0, 0)
uniform int down;     // 1 where rows of the field go up with the target's, -1 where they go down

out vec4 colour;

void main() {
    ivec2 pixel = first + ivec2(1, down) * ivec2(gl_FragCoord.xy);
    float value = texelFetch(field, pixel >> 1, 0)[(pixel.x & 1) + 2 * (pixel.y & 1)];
    colour = vec4(vec3(value < 0.0 ? 1.0 : 0.0), 1.0);
}
