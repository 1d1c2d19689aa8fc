#version 330 core
// Counts of samples inside as greys: 255 where all are, halves rounded up.
uniform sampler2D counts;
uniform vec2 scale;  // 255 / n for n samples a pixel, and 1/2 + 1/(4n)
uniform ivec2 first; // the target's pixel that has the first of them

out vec4 colour;

void main() {
    float count = texelFetch(counts, ivec2(gl_FragCoord.xy) - first, 0).r;
    // What is rounded is a multiple of 1/(2n): the quarter keeps a half from falling short.
    colour = vec4(vec3(floor(count * scale.x + scale.y) / 255.0), 1.0);
}
