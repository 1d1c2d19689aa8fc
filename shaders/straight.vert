// A rectangle without vertex buffers: draw four vertices as a triangle strip.
uniform vec4 rectangle;  // its corners in clip space: x0, y0, x1, y1

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(mix(rectangle.xy, rectangle.zw, corner), 0.0, 1.0);
}
