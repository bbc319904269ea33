using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>Writes a picture in true colour as PNG while it comes, a few rows at a time.</summary>
/// <remarks>
/// Free libraries for PNG want the whole picture in memory, which at 32,000 x 32,000 takes 3 GB. What is needed of the format is little: a header, rows
/// that are filtered and deflated, and checksums.
/// </remarks>
internal sealed class PngWriter : IDisposable
{
    private const byte UpFilter = 2;
    private const int BytesPerPixel = 3;

    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly Stream _output;
    private readonly MemoryStream _deflated = new();
    private readonly ZLibStream _deflater;
    private readonly byte[] _above;
    private readonly byte[] _filtered;

    private PngWriter(Stream output, int width)
    {
        _output = output;
        _deflater = new ZLibStream(_deflated, CompressionLevel.Optimal, leaveOpen: true);
        _above = new byte[width * BytesPerPixel];
        _filtered = new byte[1 + _above.Length];
        _filtered[0] = UpFilter;
    }

    /// <summary>Begins a picture.</summary>
    public static async Task<PngWriter> StartAsync(Stream output, int width, int height)
    {
        var writer = new PngWriter(output, width);
        await output.WriteAsync(s_signature);

        // The rest: 8 bits a sample, red, green and blue, and the only methods of compression, filtering and order that there are but interlacing.
        var header = new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0 };
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        await writer.WriteChunkAsync("IHDR", header);
        return writer;
    }

    /// <summary>Writes the next rows, whole ones.</summary>
    public async Task WriteRowsAsync(ReadOnlyMemory<byte> rows)
    {
        for (var at = 0; at < rows.Length; at += _above.Length)
        {
            Deflate(rows.Span.Slice(at, _above.Length));
        }

        await WriteDeflatedAsync();
    }

    /// <summary>Ends the picture.</summary>
    public async Task CompleteAsync()
    {
        // Only the end of the stream brings out what it has held back.
        await _deflater.DisposeAsync();
        await WriteDeflatedAsync();
        await WriteChunkAsync("IEND", ReadOnlyMemory<byte>.Empty);
    }

    public void Dispose()
    {
        _deflater.Dispose();
        _deflated.Dispose();
    }

    /// <summary>A row is much like the one above, so the difference is short.</summary>
    private void Deflate(ReadOnlySpan<byte> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            _filtered[1 + i] = (byte)(row[i] - _above[i]);
        }

        row.CopyTo(_above);
        _deflater.Write(_filtered);
    }

    private async Task WriteDeflatedAsync()
    {
        await WriteChunkAsync("IDAT", _deflated.GetBuffer().AsMemory(0, (int)_deflated.Length));
        _deflated.SetLength(0);
    }

    private async Task WriteChunkAsync(string type, ReadOnlyMemory<byte> data)
    {
        var frame = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(frame, data.Length);
        Encoding.ASCII.GetBytes(type, frame.AsSpan(4));
        var checksum = new Crc32();
        checksum.Append(frame.AsSpan(4));
        checksum.Append(data.Span);
        await _output.WriteAsync(frame);
        await _output.WriteAsync(data);
        BinaryPrimitives.WriteUInt32BigEndian(frame, checksum.GetCurrentHashAsUInt32());
        await _output.WriteAsync(frame.AsMemory(0, 4));
    }
}
