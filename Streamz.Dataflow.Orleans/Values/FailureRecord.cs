namespace Streamz.Dataflow.Orleans.Values;

/// <summary>What is sent of one exception. Its bytes need no codec, so that writing them cannot fail for want of one.</summary>
internal sealed class FailureRecord
{
    /// <summary>Deeper chains than this are cut off: writing and reading recurse.</summary>
    public const int MaxDepth = 40;

    public string Type { get; init; } = "";

    /// <summary>Whether it is an <see cref="AggregateException"/>, which can be made again whatever its causes are.</summary>
    public bool IsAggregate { get; init; }

    public string Message { get; init; } = "";

    public string? Trace { get; init; }

    /// <summary>The whole exception with its causes, if there are codecs for all of them.</summary>
    public byte[]? Whole { get; init; }

    public List<(string Key, byte[] Value)> Data { get; } = [];

    /// <summary>The causes one by one, if the whole has no codec.</summary>
    public List<FailureRecord> Causes { get; } = [];

    public void Write(BinaryWriter writer)
    {
        writer.Write(Type);
        writer.Write(IsAggregate);
        writer.Write(Message);
        writer.Write(Trace is not null);
        writer.Write(Trace ?? "");
        writer.Write(Whole is null ? -1 : Whole.Length);
        writer.Write(Whole ?? []);
        writer.Write(Data.Count);
        foreach (var (key, value) in Data)
        {
            writer.Write(key);
            writer.Write(value.Length);
            writer.Write(value);
        }

        writer.Write(Causes.Count);
        foreach (var cause in Causes)
        {
            cause.Write(writer);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are of something else.</exception>
    public static FailureRecord Read(BinaryReader reader, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException("It has too many causes.");
        }

        var type = reader.ReadString();
        var isAggregate = reader.ReadBoolean();
        var message = reader.ReadString();
        var hasTrace = reader.ReadBoolean();
        var trace = reader.ReadString();
        var record = new FailureRecord
        {
            Type = type,
            IsAggregate = isAggregate,
            Message = message,
            Trace = hasTrace ? trace : null,
            Whole = ReadBytes(reader),
        };
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            record.Data.Add((reader.ReadString(), ReadBytes(reader) ?? []));
        }

        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            record.Causes.Add(Read(reader, depth + 1));
        }

        return record;
    }

    private static byte[]? ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length < 0)
        {
            return null;
        }

        // Asked before: the reader would make room for as many as it is told.
        return length <= reader.BaseStream.Length - reader.BaseStream.Position
            ? reader.ReadBytes(length)
            : throw new InvalidDataException("It is cut off.");
    }
}
