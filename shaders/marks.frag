// Lays one translucent colour over what is there.
uniform vec4 ink; // red, green, blue and opacity
out vec4 colour;

void main() {
    colour = ink;
}
