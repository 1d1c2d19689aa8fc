// Blackens where the field is not negative: for the pieces of a max.
out vec4 colour;

void main() {
    if (field() < 0.0) discard;
    colour = vec4(0.0, 0.0, 0.0, 1.0);
}
