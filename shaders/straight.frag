// The coordinates of a pixel, from whole pixel positions: twice the distance from the picture's
// centre in pixels is a whole number, whichever part of the picture is drawn and into what.
uniform ivec2 first;   // that number at gl_FragCoord (0, 0), y up
uniform ivec2 each;    // what it grows by: 2, or -2 where rows go down
uniform vec2 centre;   // model units
uniform float spacing; // half the distance of two pixels, in model units
uniform float height;  // z of the slice

float shape(float x, float y, float z);

float field() {
    vec2 steps = vec2(first + each * ivec2(gl_FragCoord.xy));
    precise float x = steps.x * spacing + centre.x;
    precise float y = steps.y * spacing + centre.y;
    return shape(x, y, height);
}
