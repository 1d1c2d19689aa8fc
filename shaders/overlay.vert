#version 330 core
// A rectangle: `box` is its left, bottom, width and height in pixels, `size` the target's size.
uniform vec4 box;
uniform ivec2 size;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 pixel = box.xy + corner * box.zw;
    gl_Position = vec4(pixel / vec2(size) * 2.0 - 1.0, 0.0, 1.0);
}
