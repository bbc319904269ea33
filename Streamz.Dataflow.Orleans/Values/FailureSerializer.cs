using System.Collections;
using System.Collections.ObjectModel;
using System.Runtime.ExceptionServices;
using Orleans.Serialization;
using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Turns a failure into bytes and back, and fails at neither: what cannot travel arrives as a <see cref="RemoteException"/>.</summary>
/// <remarks>
/// The bytes hold what the codecs make of the exception, if they can, and its texts besides: they are what is left if the other end does
/// not know the type. If one exception of a chain has no codec, the chain has none; its exceptions are then written one by one.
/// </remarks>
internal sealed class FailureSerializer(Serializer serializer)
{
    // More of an exception than this stays where it was thrown: it must not fill the message that it goes in.
    private const int LargestWhole = 1 << 20;
    private const int LongestText = 1 << 16;
    private const int MostEntries = 100;
    private const int MostFailures = 400;

    private readonly ValueSerializer _values = new(serializer);

    /// <param name="failure">Any exception, also one whose members throw.</param>
    /// <returns>What <see cref="Read"/> takes.</returns>
    public byte[] Write(Exception failure)
    {
        FailureRecord record;
        try
        {
            var budget = MostFailures;
            record = RecordOf(failure, 0, ref budget);
        }
        catch (Exception)
        {
            record = new FailureRecord { Type = TypeOf(failure), Message = MessageOf(failure), Trace = TraceOf(failure) };
        }

        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        record.Write(writer);
        return stream.ToArray();
    }

    /// <param name="bytes">What <see cref="Write"/> has made, there or here.</param>
    /// <returns>The exception itself, or one that stands for it.</returns>
    public Exception Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes));
            return ExceptionOf(FailureRecord.Read(reader));
        }
        catch (Exception failure)
        {
            return new RemoteException("Unknown", $"A worker has sent a failure that cannot be read: {failure.Message}", null, failure);
        }
    }

    private FailureRecord RecordOf(Exception failure, int depth, ref int budget)
    {
        budget--;
        var isAggregate = failure.GetType() == typeof(AggregateException);
        var left = budget;
        var whole = Fits(failure, depth, ref left) ? WholeOf(failure) : null;
        var record = new FailureRecord
        {
            Type = failure is RemoteException remote ? remote.OriginalType : TypeOf(failure),
            IsAggregate = isAggregate,
            Message = isAggregate ? OwnMessageOf((AggregateException)failure) : MessageOf(failure),
            Trace = TraceOf(failure),
            Whole = whole,
        };
        if (whole is not null)
        {
            return record;
        }

        AddData(record, failure);
        foreach (var cause in CausesOf(failure))
        {
            if (depth < FailureRecord.MaxDepth && budget > 0)
            {
                record.Causes.Add(RecordOf(cause, depth + 1, ref budget));
            }
        }

        return record;
    }

    private static ReadOnlyCollection<Exception> CausesOf(Exception failure) =>
        failure is AggregateException aggregate ? aggregate.InnerExceptions
        : failure.InnerException is { } cause ? new ReadOnlyCollection<Exception>([cause])
        : ReadOnlyCollection<Exception>.Empty;

    /// <summary>Whether a chain is so short that codecs, which recurse, may be let loose on it.</summary>
    private static bool Fits(Exception failure, int depth, ref int budget)
    {
        if (depth > FailureRecord.MaxDepth || --budget < 0)
        {
            return false;
        }

        foreach (var cause in CausesOf(failure))
        {
            if (!Fits(cause, depth + 1, ref budget))
            {
                return false;
            }
        }

        return true;
    }

    private byte[]? WholeOf(Exception failure)
    {
        try
        {
            var bytes = serializer.SerializeToArray(failure);
            return bytes.Length <= LargestWhole ? bytes : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private void AddData(FailureRecord record, Exception failure)
    {
        foreach (DictionaryEntry entry in failure.Data)
        {
            if (record.Data.Count == MostEntries)
            {
                return;
            }

            var value = DataOf(entry.Value);
            if (value.Length <= LongestText)
            {
                record.Data.Add((Shortened(entry.Key.ToString()), value));
            }
        }
    }

    /// <returns>The value, or the text of one that has no codec.</returns>
    private byte[] DataOf(object? value)
    {
        try
        {
            return _values.Serialize(value);
        }
        catch (NotSupportedException)
        {
            return _values.Serialize<object?>(Shortened(value?.ToString()));
        }
    }

    private Exception ExceptionOf(FailureRecord record)
    {
        if (record.Whole is not null && ReadWhole(record.Whole) is { } original)
        {
            return original;
        }

        var causes = record.Causes.ConvertAll(ExceptionOf);
        Exception exception = record.IsAggregate
            ? new AggregateException(record.Message, causes)
            : new RemoteException(record.Type, record.Message, record.Trace, causes.Count > 0 ? causes[0] : null);
        if (record.IsAggregate && !string.IsNullOrEmpty(record.Trace))
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(exception, record.Trace);
        }

        foreach (var (key, value) in record.Data)
        {
            exception.Data[key] = _values.Deserialize<object?>(value);
        }

        return exception;
    }

    private Exception? ReadWhole(byte[] bytes)
    {
        try
        {
            return serializer.Deserialize<Exception>(bytes) is var original and not UnavailableExceptionFallbackException ? original : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static string TypeOf(Exception failure) => failure.GetType().FullName ?? failure.GetType().Name;

    private static string MessageOf(Exception failure) => Shortened(FailureText.Of(failure));

    private static string? TraceOf(Exception failure)
    {
        try
        {
            return failure.StackTrace is { } trace ? Shortened(trace) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <returns>The message without those of the causes, which the exception appends.</returns>
    private static string OwnMessageOf(AggregateException failure)
    {
        var message = failure.Message;
        for (var i = failure.InnerExceptions.Count - 1; i >= 0; i--)
        {
            var end = $" ({failure.InnerExceptions[i].Message})";
            if (message.EndsWith(end, StringComparison.Ordinal))
            {
                message = message[..^end.Length];
            }
        }

        return Shortened(message);
    }

    private static string Shortened(string? text) => text is null ? "" : text.Length <= LongestText ? text : text[..LongestText] + "…";
}
