#!/usr/bin/env python3
"""Draws the tray icons, one for each state. Wants Pillow; run it from anywhere after a change here.

All show the two switches of the application's icon. What they tell is told by colour and by shape, because not
everybody sees colours and some panels have none.
"""

from pathlib import Path

from PIL import Image, ImageDraw

SIZE, SCALE = 64, 8
INDIGO, GREY, RED, AMBER, TEAL, WHITE = "#4f46e5", "#7b8190", "#d92d20", "#f59e0b", "#2dd4bf", "#ffffff"


def box(draw, left, top, right, bottom, radius, fill):
    draw.rounded_rectangle([v * SCALE for v in (left, top, right, bottom)], radius * SCALE, fill=fill)


def circle(draw, x, y, radius, fill):
    draw.ellipse([v * SCALE for v in (x - radius, y - radius, x + radius, y + radius)], fill=fill)


def icon(ground, upper, lower, knob_at):
    image = Image.new("RGBA", (SIZE * SCALE, SIZE * SCALE))
    draw = ImageDraw.Draw(image)
    box(draw, 2, 2, 62, 62, 15, ground)
    box(draw, 11, 14, 53, 30, 8, upper)
    box(draw, 11, 34, 53, 50, 8, lower)
    circle(draw, 19, 22, 5.5, WHITE)
    circle(draw, knob_at, 42, 5.5, WHITE)
    return image, draw


def stop_sign():
    """Another outline, so that it is told from the others without its colour too."""
    image, draw = icon((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), 45)
    draw.rectangle([0, 0, image.width, image.height], (0, 0, 0, 0))
    corners = [(20, 2), (44, 2), (62, 20), (62, 44), (44, 62), (20, 62), (2, 44), (2, 20)]
    draw.polygon([(x * SCALE, y * SCALE) for x, y in corners], RED)
    box(draw, 13, 15, 51, 30, 7.5, (255, 255, 255, 90))
    box(draw, 13, 34, 51, 49, 7.5, "#fecdca")
    circle(draw, 20.5, 22.5, 5, WHITE)
    circle(draw, 43.5, 41.5, 5, WHITE)
    return image


def badge(draw, fill):
    """A disc in the corner, set off from what is below."""
    circle(draw, 47, 47, 17, (0, 0, 0, 0))
    circle(draw, 47, 47, 14.5, fill)


def exclamation(draw, fill):
    box(draw, 44.5, 38, 49.5, 49, 2.5, fill)
    circle(draw, 47, 54.5, 3, fill)


def clock(draw, fill):
    box(draw, 45.3, 38, 48.7, 49, 1.7, fill)
    box(draw, 45.3, 45.6, 55, 49, 1.7, fill)


def main():
    pale = (255, 255, 255, 80)
    signed_out, _ = icon(GREY, pale, pale, 19)
    signed_in, _ = icon(INDIGO, pale, TEAL, 45)
    production = stop_sign()
    expiring, draw = icon(INDIGO, pale, TEAL, 45)
    badge(draw, AMBER)
    clock(draw, "#3b2300")
    attention, draw = icon(INDIGO, pale, pale, 19)
    badge(draw, RED)
    exclamation(draw, WHITE)
    states = {
        "signed-out": signed_out,
        "signed-in": signed_in,
        "production": production,
        "expiring": expiring,
        "attention": attention,
    }
    for name, image in states.items():
        path = Path(__file__).parent / "tray" / f"{name}.png"
        image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(path, optimize=True)


main()
