using Orleans;

namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>A part of the picture that one call of a function makes: what is scattered.</summary>
[GenerateSerializer]
internal readonly record struct MandelbrotTile([property: Id(0)] int Left, [property: Id(1)] int Top, [property: Id(2)] int Width, [property: Id(3)] int Height)
{
    public const int BytesPerPixel = 3;

    /// <summary>Large enough that the work outweighs the way there and back, small enough that no worker waits long for another in the end.</summary>
    public const int Side = 250;

    public int Bytes => Width * Height * BytesPerPixel;

    /// <summary>How many tiles are beside one another.</summary>
    public static int Across(int size) => (size + Side - 1) / Side;

    /// <summary>The tiles of a picture, row by row; those at the right and at the bottom may be smaller.</summary>
    public static IEnumerable<MandelbrotTile> Of(int size)
    {
        for (var top = 0; top < size; top += Side)
        {
            for (var left = 0; left < size; left += Side)
            {
                yield return new MandelbrotTile(left, top, Math.Min(Side, size - left), Math.Min(Side, size - top));
            }
        }
    }
}
