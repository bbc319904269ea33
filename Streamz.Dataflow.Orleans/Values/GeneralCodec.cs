using System.Text.Json;
using Orleans.Serialization;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Values by the codec of Orleans or, if the type was opted in, as JSON.</summary>
/// <remarks>What has arrived is read by its first byte, so that a worker reads what a client wrote that opted other types in.</remarks>
internal sealed class GeneralCodec<T>(Serializer serializer, bool json) : ValueCodec<T>
{
    public override byte[] Write(T value)
    {
        if (value is null)
        {
            return [(byte)ValueFormat.Null];
        }

        var buffer = ValueBuffer.Rent();
        try
        {
            if (json)
            {
                JsonValues.RequireWhole(typeof(T), value);
                buffer.Append((byte)ValueFormat.Json);
                using var writer = new Utf8JsonWriter(buffer);
                JsonSerializer.Serialize(writer, value, JsonValues.Options);
            }
            else
            {
                RequireDeclaredEnum(value);
                buffer.Append((byte)ValueFormat.Codec);
                serializer.Serialize(value, buffer);
            }

            return buffer.ToArray();
        }
        catch (Exception failure)
        {
            throw new NotSupportedException(ValueTexts.CannotBeWritten(typeof(T), value.GetType(), failure), failure);
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
                ValueFormat.Json => JsonSerializer.Deserialize<T>(bytes.AsSpan(1), JsonValues.Options)!,
                _ => throw new InvalidDataException($"No such value has the format {bytes[0]}."),
            };
        }
        catch (Exception failure)
        {
            throw new NotSupportedException(ValueTexts.CannotBeRead(typeof(T), failure), failure);
        }
    }

    /// <summary>An enum is written as its number, and only the declared type says that it was one.</summary>
    private static void RequireDeclaredEnum(T value)
    {
        if (!typeof(T).IsValueType && value is Enum)
        {
            throw new NotSupportedException("An enum that is not declared as one would come back as a number. Declare its own type.");
        }
    }
}
