using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Streamz.Dataflow.Tests.Samples.Mandelbrot;

/// <summary>A picture in true colour, read from a PNG file of which everything is checked.</summary>
internal sealed record PngFile(int Width, int Height, byte[] Pixels)
{
    private const int BytesPerPixel = 3;

    private static readonly byte[] s_signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static PngFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        Assert.That(bytes[..s_signature.Length].ToArray(), Is.EqualTo(s_signature));
        var types = new List<string>();
        using var deflated = new MemoryStream();
        var header = Array.Empty<byte>();
        for (var rest = bytes[s_signature.Length..]; rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            var type = Encoding.ASCII.GetString(rest.Slice(4, 4));
            var data = rest.Slice(8, length);
            Assert.That(BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + length)..]), Is.EqualTo(Crc32.HashToUInt32(rest.Slice(4, 4 + length))), $"checksum of {type} {types.Count}");
            types.Add(type);
            rest = rest[(12 + length)..];
            switch (type)
            {
                case "IHDR":
                    header = data.ToArray();
                    break;
                case "IDAT":
                    deflated.Write(data);
                    break;
            }
        }

        Assert.That(types[0], Is.EqualTo("IHDR"));
        Assert.That(types[1..^1], Is.Not.Empty.And.All.EqualTo("IDAT"));
        Assert.That(types[^1], Is.EqualTo("IEND"));
        Assert.That(header[8..], Is.EqualTo(new byte[] { 8, 2, 0, 0, 0 }));
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        deflated.Position = 0;
        return new PngFile(width, height, Inflate(deflated, width, height));
    }

    public (byte Red, byte Green, byte Blue) At(int column, int row)
    {
        var at = ((row * Width) + column) * BytesPerPixel;
        return (Pixels[at], Pixels[at + 1], Pixels[at + 2]);
    }

    private static byte[] Inflate(Stream deflated, int width, int height)
    {
        using var inflater = new ZLibStream(deflated, CompressionMode.Decompress);
        var stride = width * BytesPerPixel;
        var pixels = new byte[stride * height];
        for (var start = 0; start < pixels.Length; start += stride)
        {
            var filter = inflater.ReadByte();
            inflater.ReadExactly(pixels, start, stride);
            for (var at = start; at < start + stride; at++)
            {
                pixels[at] += filter switch
                {
                    0 => 0,
                    1 => at - start < BytesPerPixel ? (byte)0 : pixels[at - BytesPerPixel],
                    2 => start == 0 ? (byte)0 : pixels[at - stride],
                    _ => throw new NotSupportedException($"Row {start / stride} has the filter {filter}."),
                };
            }
        }

        Assert.That(inflater.ReadByte(), Is.EqualTo(-1), "There is more than the rows.");
        return pixels;
    }
}
