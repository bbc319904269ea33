using System.Buffers.Binary;
using System.Text;

namespace Streamz.Dataflow;

/// <summary>Gives the state of one operator back, as values by name.</summary>
public sealed class SnapshotReader
{
    private readonly ISnapshotSerializer _serializer;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _values = [];

    internal SnapshotReader(ISnapshotSerializer serializer, ReadOnlyMemory<byte> bytes)
    {
        _serializer = serializer;
        while (bytes.Length > 0)
        {
            var name = Take(ref bytes);
            _values.Add(Encoding.UTF8.GetString(name.Span), Take(ref bytes));
        }
    }

    /// <summary>Whether nothing was written.</summary>
    internal bool IsEmpty => _values.Count == 0;

    /// <summary>Whether the state has a value of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it has.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _values.ContainsKey(name);
    }

    /// <summary>Reads a value.</summary>
    /// <typeparam name="T">The type that it was written as.</typeparam>
    /// <param name="name">The name of the value.</param>
    /// <returns>The value; null if that was written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="InvalidDataException">The state has no such value.</exception>
    public T Read<T>(string name) => _serializer.Deserialize<T>(Find(name).Span);

    /// <summary>Reads a state that is part of this one.</summary>
    internal SnapshotReader ReadPart(string name) => new(_serializer, Find(name));

    private ReadOnlyMemory<byte> Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _values.TryGetValue(name, out var value)
            ? value
            : throw new InvalidDataException($"It has no value named '{name}', but {(_values.Count == 0 ? "none at all" : string.Join(", ", _values.Keys.Select(each => $"'{each}'")))}.");
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes)
    {
        var length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (length < 0 || length > bytes.Length - sizeof(int))
        {
            throw new InvalidDataException("It is cut off, or was written by something else.");
        }

        var taken = bytes.Slice(sizeof(int), length);
        bytes = bytes[(sizeof(int) + length)..];
        return taken;
    }
}
