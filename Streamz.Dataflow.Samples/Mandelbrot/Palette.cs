namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>Colours that go round: from the blue of the far outside over white and gold into the dark, and on.</summary>
internal static class Palette
{
    private const int ColorsPerStop = 512;

    /// <summary>How many times the steps double in one round.</summary>
    private const double DoublingsPerRound = 4.5;

    /// <summary>Where in the round a point is that escapes at once.</summary>
    private const double Start = -0.45;

    private static readonly (double Red, double Green, double Blue)[] s_stops =
    [
        (2, 12, 70),
        (16, 66, 150),
        (70, 150, 220),
        (226, 246, 255),
        (255, 214, 96),
        (236, 128, 16),
        (120, 34, 24),
        (24, 8, 40),
    ];

    private static readonly byte[] s_colors = Interpolate();

    private static int Count => s_stops.Length * ColorsPerStop;

    /// <summary>The colour of a point by the steps that it took to escape.</summary>
    /// <returns>Red, green and blue.</returns>
    public static ReadOnlySpan<byte> ColorOf(double steps)
    {
        // Steps grow without bounds towards the set. By their logarithm, rings of about the same width come out instead of noise.
        var rounds = Start + (Math.Log2(1 + Math.Max(0, steps)) / DoublingsPerRound);
        var index = (int)((rounds - Math.Floor(rounds)) * Count) % Count;
        return s_colors.AsSpan(index * MandelbrotTile.BytesPerPixel, MandelbrotTile.BytesPerPixel);
    }

    private static byte[] Interpolate()
    {
        var colors = new byte[Count * MandelbrotTile.BytesPerPixel];
        for (var index = 0; index < Count; index++)
        {
            var (stop, fraction) = (index / ColorsPerStop, (double)(index % ColorsPerStop) / ColorsPerStop);
            var (before, from, to, behind) = (Stop(stop - 1), Stop(stop), Stop(stop + 1), Stop(stop + 2));
            var at = index * MandelbrotTile.BytesPerPixel;
            colors[at] = Curve(before.Red, from.Red, to.Red, behind.Red, fraction);
            colors[at + 1] = Curve(before.Green, from.Green, to.Green, behind.Green, fraction);
            colors[at + 2] = Curve(before.Blue, from.Blue, to.Blue, behind.Blue, fraction);
        }

        return colors;
    }

    private static (double Red, double Green, double Blue) Stop(int index) => s_stops[(index + s_stops.Length) % s_stops.Length];

    /// <summary>A Catmull-Rom spline: straight lines between the stops would show as edges.</summary>
    private static byte Curve(double before, double from, double to, double behind, double t)
    {
        var value = from + (t / 2 * (to - before + (t * ((2 * before) - (5 * from) + (4 * to) - behind + (t * ((3 * (from - to)) + behind - before))))));
        return (byte)Math.Clamp(Math.Round(value), 0, 255);
    }
}
