// One instance is one tile: a rectangle of texels, each of 2 x 2 pixels, and its tape.
// Draw four vertices an instance as a triangle strip.
uniform ivec2 size;  // of the target, texels

in ivec4 rectangle;  // x0, y0, x1, y1, texels
in ivec2 tape;       // its first step, and the one after its last

flat out ivec2 steps;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 texel = mix(vec2(rectangle.xy), vec2(rectangle.zw), corner);
    gl_Position = vec4(texel / vec2(size) * 2.0 - 1.0, 0.0, 1.0);
    steps = tape;
}
