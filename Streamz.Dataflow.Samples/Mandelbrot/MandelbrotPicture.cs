namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>Puts tiles together to bands of rows, which is all of the picture that is in memory.</summary>
internal sealed class MandelbrotPicture(PngWriter png, int size, Action<int> onTile)
{
    private readonly IEnumerator<MandelbrotTile> _tiles = MandelbrotTile.Of(size).GetEnumerator();
    private readonly byte[] _band = new byte[MandelbrotTile.Side * size * MandelbrotTile.BytesPerPixel];
    private int _done;

    private int RowBytes => size * MandelbrotTile.BytesPerPixel;

    /// <summary>Takes the next tile: they are gathered in the order in which they were scattered.</summary>
    public async Task AddAsync(byte[] pixels)
    {
        _tiles.MoveNext();
        var tile = _tiles.Current;
        Copy(pixels, tile);
        if (tile.Left + tile.Width == size)
        {
            await png.WriteRowsAsync(_band.AsMemory(0, tile.Height * RowBytes));
        }

        onTile(++_done);
    }

    private void Copy(ReadOnlySpan<byte> pixels, MandelbrotTile tile)
    {
        var tileRowBytes = tile.Width * MandelbrotTile.BytesPerPixel;
        for (var row = 0; row < tile.Height; row++)
        {
            pixels.Slice(row * tileRowBytes, tileRowBytes).CopyTo(_band.AsSpan((row * RowBytes) + (tile.Left * MandelbrotTile.BytesPerPixel)));
        }
    }
}
