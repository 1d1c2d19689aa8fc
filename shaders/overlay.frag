#version 330 core
// `image` over `box`, its first row the lowest one; with `flip`, the top one. Where the box has the
// image's size, each pixel is one texel. When `tinted`, black becomes `dark`, white `light`, and a
// grey what is as far between them; what is no grey stays. Nothing is drawn from `right` on.
uniform sampler2D image;
uniform vec4 box;
uniform bool flip;
uniform bool tinted;
uniform float right;
uniform vec3 dark;  // 0 to 255
uniform vec3 light;

layout(location = 0) out vec4 colour;

void main() {
    if (gl_FragCoord.x >= right) discard;
    ivec2 size = textureSize(image, 0);
    ivec2 texel = ivec2((gl_FragCoord.xy - box.xy) * (vec2(size) / box.zw));
    if (flip) {
        texel.y = size.y - 1 - texel.y;
    }
    vec4 found = texelFetch(image, texel, 0);
    bool grey = found.r == found.g && found.g == found.b;
    colour = tinted && grey ? vec4(mix(dark, light, found.g) / 255.0, found.a) : found;
}
