// The field itself, for a target of one float.
out float value;

void main() {
    value = field();
}
