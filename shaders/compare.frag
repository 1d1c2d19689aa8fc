#version 330 core
// Two pictures in greys, of the same size: what of them is inside in the one, the other, or both.
// When `marking`, what differs is laid over the target, as strongly as `strength` says. Where the
// one after has no value it is red, and stays so.
uniform sampler2D before;
uniform sampler2D after;
uniform ivec2 first; // the target's pixel that has their first one
uniform bool marking;
uniform float strength;
uniform vec3 gone, come, both, neither; // 0 to 255

layout(location = 0) out vec4 colour;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) - first;
    float one = texelFetch(before, at, 0).g;
    vec4 later = texelFetch(after, at, 0);
    float other = later.g;
    float meet = min(one, other);
    if (later.r != later.g) {
        colour = marking ? vec4(0.0) : vec4(later.rgb, 1.0);
    } else if (marking) {
        vec3 ink = other > one ? come : gone;
        colour = vec4(ink / 255.0, strength * abs(other - one));
    } else {
        vec3 found = meet * both + (one - meet) * gone + (other - meet) * come;
        colour = vec4((found + (1.0 - max(one, other)) * neither) / 255.0, 1.0);
    }
}
