#version 330 core
// Each pixel of `box` is one texel of `image`, whose first row is the lowest one; with `flip`, the top one.
uniform sampler2D image;
uniform ivec4 box;
uniform bool flip;

layout(location = 0) out vec4 colour;

void main() {
    ivec2 texel = ivec2(gl_FragCoord.xy) - box.xy;
    if (flip) {
        texel.y = box.w - 1 - texel.y;
    }
    colour = texelFetch(image, texel, 0);
}
