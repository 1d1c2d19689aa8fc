#version 330 core
// `image` over `box`, its first row the lowest one; with `flip`, the top one. Where the box has the
// image's size, each pixel is one texel.
uniform sampler2D image;
uniform vec4 box;
uniform bool flip;

layout(location = 0) out vec4 colour;

void main() {
    ivec2 size = textureSize(image, 0);
    ivec2 texel = ivec2((gl_FragCoord.xy - box.xy) * (vec2(size) / box.zw));
    if (flip) {
        texel.y = size.y - 1 - texel.y;
    }
    colour = texelFetch(image, texel, 0);
}
