using System.Text.Json;
using Orleans.Serialization;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Values by the codec of Orleans or, if the type was opted in, as JSON.</summary>
/// <remarks>
/// What has arrived is read by its first byte. JSON is read only where the type is opted in here as well: it can make an object of nearly any
/// type, codecs only of those that were meant for it.
/// </remarks>
internal sealed class GeneralCodec<T>(Serializer serializer, bool json) : ValueCodec<T>
{
    public override byte[] Write(T value)
    {
        if (value is null)
        {
            return [(byte)ValueFormat.Null];
        }

        if (RefusalOf(value) is { } reason)
        {
            throw new NotSupportedException(ValueTexts.CannotBeWritten(typeof(T), value.GetType(), reason));
        }

        var buffer = ValueBuffer.Rent();
        try
        {
            if (json)
            {
                buffer.Append((byte)ValueFormat.Json);
                using var writer = new Utf8JsonWriter(buffer);
                JsonSerializer.Serialize(writer, value, JsonValues.Options);
            }
            else
            {
                buffer.Append((byte)ValueFormat.Codec);
                serializer.Serialize(value, buffer);
            }

            return buffer.ToArray();
        }
        catch (Exception failure)
        {
            throw new NotSupportedException(ValueTexts.CannotBeWritten(typeof(T), value.GetType(), ValueTexts.Reason(failure)), failure);
        }
        finally
        {
            buffer.Return();
        }
    }

    public override T Read(byte[] bytes)
    {
        try
        {
            var format = bytes.Length == 0 ? throw new InvalidDataException("It is empty.") : (ValueFormat)bytes[0];
            return format switch
            {
                ValueFormat.Null when default(T) is null => default!,
                ValueFormat.Codec => serializer.Deserialize<T>(bytes.AsSpan(1))!,
                ValueFormat.Json when json => JsonSerializer.Deserialize<T>(bytes.AsSpan(1), JsonValues.Options)!,
                ValueFormat.Json => throw new InvalidDataException("It came as JSON, into which the type is not opted here. Opt in the same types everywhere."),
                _ => throw new InvalidDataException($"No such value has the format {bytes[0]}."),
            };
        }
        catch (Exception failure)
        {
            throw new NotSupportedException(ValueTexts.CannotBeRead(typeof(T), failure), failure);
        }
    }

    /// <returns>Why a value would come back as something else, without a failure; null if it would not.</returns>
    private string? RefusalOf(T value)
    {
        if (json)
        {
            return JsonValues.RefusalOf(typeof(T), value!);
        }

        // An enum is written as its number, and only the declared type says that it was one.
        return !typeof(T).IsValueType && value is Enum ? "An enum that is not declared as one would come back as a number. Declare its own type." : null;
    }
}
