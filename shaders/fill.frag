// Paints everything: the least that a fragment shader can do.
out vec4 colour;

void main() {
    colour = vec4(1.0);
}
