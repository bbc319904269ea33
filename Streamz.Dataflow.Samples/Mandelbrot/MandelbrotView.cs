using Orleans;

namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>What all tiles have in common: it travels once to each worker, with the function.</summary>
/// <param name="Size">The pixels of a side of the picture.</param>
/// <param name="Iterations">After how many steps a point is taken for one of the set.</param>
[GenerateSerializer]
internal readonly record struct MandelbrotView([property: Id(0)] int Size, [property: Id(1)] int Iterations)
{
    /// <summary>The part of the complex plane that is shown: from this point on, as far to the right as down.</summary>
    public const double Left = -2.25;
    public const double Top = 1.5;
    public const double Side = 3;

    /// <summary>The real part of the middle of a pixel.</summary>
    public double RealOf(int column) => Left + ((column + 0.5) * Side / Size);

    /// <summary>The imaginary part of the middle of a pixel.</summary>
    public double ImaginaryOf(int row) => Top - ((row + 0.5) * Side / Size);
}
