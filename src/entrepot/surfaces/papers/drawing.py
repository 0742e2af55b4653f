"""Labels and packing slips as PDF."""

from io import BytesIO

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import code128, qr
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4, A5, A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from .lettering import wrapped, write
from .model import Kind, PageSize, Paper

SIZES = {PageSize.A4: A4, PageSize.A5: A5, PageSize.A6: A6}
EDGE = 6 * mm
BARS = 18 * mm  # How high the barcode is.
SQUARE = 22 * mm
QUIET = 10  # Modules of silence on each side of a barcode.


def draw(paper: Paper, kind: Kind, size: PageSize) -> bytes:
    """The paper as a PDF: a label fills one page, a slip as many as its items need."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=SIZES[size], invariant=True)
    canvas.setTitle(f"Parcel {paper.parcel_id}")
    if kind is not Kind.SLIP:
        _label(canvas, paper, SIZES[size])
    if kind is not Kind.LABEL:
        _slip(canvas, paper, SIZES[size])
    canvas.save()
    return out.getvalue()


def _label(canvas: Canvas, paper: Paper, size: tuple[float, float]) -> None:
    width, height = size
    scale = width / A6[0]
    y = height - EDGE - 14 * scale
    write(canvas, (EDGE, y), paper.carrier, 14 * scale, bold=True)
    weight = "" if paper.weight_g is None else f"{paper.weight_g} g"
    write(canvas, (width - EDGE - 60 * scale, y), weight, 9 * scale)
    y -= 8 * scale
    canvas.line(EDGE, y, width - EDGE, y)
    y = _block(canvas, "FROM", paper.sender, (EDGE, y - 12 * scale, 8 * scale), width - 2 * EDGE)
    canvas.line(EDGE, y, width - EDGE, y)
    _block(canvas, "TO", paper.recipient, (EDGE, y - 14 * scale, 11 * scale), width - 2 * EDGE)
    _bars(canvas, paper.tracking_number, (EDGE, EDGE + 16 * scale), width - 2 * EDGE)
    write(canvas, (EDGE, EDGE + 3 * scale), paper.tracking_number, 10 * scale, bold=True)
    _square(canvas, paper.parcel_id, (width - EDGE - SQUARE, EDGE + 22 * scale + BARS))
    canvas.showPage()


def _slip(canvas: Canvas, paper: Paper, size: tuple[float, float]) -> None:
    width, height = size
    y = _slip_head(canvas, paper, size)
    for item in paper.items:
        lines = wrapped(item.title, 9, width - 2 * EDGE - 40)
        if y - 11 * (len(lines) + 1) < EDGE:
            canvas.showPage()
            y = height - EDGE - 12
        write(canvas, (width - EDGE - 30, y), f"x {item.quantity}", 9, bold=True)
        for line in lines:
            write(canvas, (EDGE, y), line, 9)
            y -= 11
        write(canvas, (EDGE, y), f"SKU {item.sku}", 7)
        y -= 13
    canvas.showPage()


def _slip_head(canvas: Canvas, paper: Paper, size: tuple[float, float]) -> float:
    """The head of a packing slip; gives where its items begin."""
    width, height = size
    y = height - EDGE - 12
    write(canvas, (EDGE, y), "Packing slip", 12, bold=True)
    write(canvas, (width - EDGE - 52, y), paper.packed_on, 9)
    y -= 14
    for id in paper.order_ids:
        write(canvas, (EDGE, y), f"Order {id}", 9)
        y -= 11
    _bars(canvas, paper.parcel_id, (EDGE, y - BARS), width - 2 * EDGE)
    y = _block(canvas, "TO", paper.recipient, (EDGE, y - BARS - 14, 9), width - 2 * EDGE)
    canvas.line(EDGE, y, width - EDGE, y)
    return y - 14


def _block(
    canvas: Canvas,
    title: str,
    lines: tuple[str, ...],
    at: tuple[float, float, float],
    width: float,
) -> float:
    """Lines under a small title, from (x, y) in letters of so many points; gives where they end."""
    x, y, points = at
    write(canvas, (x, y), title, points * 0.6, bold=True)
    y -= points * 1.2
    for line in lines:
        for part in wrapped(line, points, width):
            write(canvas, (x, y), part, points)
            y -= points * 1.2
    return y


def _bars(canvas: Canvas, said: str, at: tuple[float, float], width: float) -> None:
    """A Code 128 as wide as there is room for, with its quiet zones."""
    bare = code128.Code128(said, barHeight=BARS, barWidth=1, quiet=False)
    module = width / (bare.width + 2 * QUIET)
    bars = code128.Code128(said, barHeight=BARS, barWidth=module, quiet=False)
    bars.drawOn(canvas, at[0] + QUIET * module, at[1])


def _square(canvas: Canvas, said: str, at: tuple[float, float]) -> None:
    code = qr.QrCodeWidget(said, barLevel="M")
    left, low, right, high = code.getBounds()
    scale = (SQUARE / (right - left), 0, 0, SQUARE / (high - low), 0, 0)
    drawing = Drawing(SQUARE, SQUARE, transform=scale)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, *at)
