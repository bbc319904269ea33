namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>Computes tiles. It is static and reaches for nothing outside, so it runs on any worker.</summary>
internal static class MandelbrotRenderer
{
    /// <summary>Far beyond 2, behind which every point escapes: the further out, the smoother the colours.</summary>
    private const double EscapeSquared = 1 << 16;

    /// <returns>The pixels, row by row, as red, green and blue.</returns>
    public static byte[] Render(MandelbrotView view, MandelbrotTile tile)
    {
        var pixels = new byte[tile.Bytes];
        var at = 0;
        for (var row = tile.Top; row < tile.Top + tile.Height; row++)
        {
            var imaginary = view.ImaginaryOf(row);
            for (var column = tile.Left; column < tile.Left + tile.Width; column++, at += MandelbrotTile.BytesPerPixel)
            {
                // The set stays black: that is what the array was made of.
                if (Escape(view.RealOf(column), imaginary, view.Iterations) is { } steps)
                {
                    Palette.ColorOf(steps).CopyTo(pixels.AsSpan(at));
                }
            }
        }

        return pixels;
    }

    /// <summary>How soon z = z² + c leaves the disk: a number of steps, with a fraction that makes it continuous from pixel to pixel.</summary>
    /// <returns>The steps; null if it does not leave within the limit.</returns>
    private static double? Escape(double real, double imaginary, int limit)
    {
        if (IsInCardioid(real, imaginary) || IsInLargestDisk(real, imaginary))
        {
            return null;
        }

        double x = 0, y = 0, xx = 0, yy = 0;
        for (var step = 0; step < limit; step++)
        {
            y = (2 * x * y) + imaginary;
            x = xx - yy + real;
            xx = x * x;
            yy = y * y;
            if (xx + yy > EscapeSquared)
            {
                // The logarithm of |z| doubles with each step, so the logarithm of that tells how far between two steps the border was crossed.
                return step + 1 - Math.Log2(Math.Log2(xx + yy) / Math.Log2(EscapeSquared));
            }
        }

        return null;
    }

    /// <summary>Most points of the set are in these two shapes, and would take all the steps.</summary>
    private static bool IsInCardioid(double real, double imaginary)
    {
        var shifted = real - 0.25;
        var q = (shifted * shifted) + (imaginary * imaginary);
        return q * (q + shifted) <= 0.25 * imaginary * imaginary;
    }

    private static bool IsInLargestDisk(double real, double imaginary) => ((real + 1) * (real + 1)) + (imaginary * imaginary) <= 0.0625;
}
