// The field itself, times a number and with one added, for a target of one float.
uniform float factor;
uniform float shift;

out float value;

void main() {
    value = field() * factor + shift;
}
