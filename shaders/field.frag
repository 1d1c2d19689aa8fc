// The field itself, times a number, for a target of one float.
uniform float factor;

out float value;

void main() {
    value = field() * factor;
}
