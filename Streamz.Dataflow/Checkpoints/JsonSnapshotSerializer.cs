using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streamz.Dataflow;

/// <summary>
/// Writes states as JSON. A type that JSON would lose a part of, silently, is refused at the first save, before it is trusted: one with a field that no
/// property restores, or whose run-time type would not be known again.
/// </summary>
public sealed class JsonSnapshotSerializer : ISnapshotSerializer
{
    private readonly ConcurrentDictionary<Type, string?> _objections = new();
    private readonly JsonSerializerOptions _options;

    /// <summary>Makes a serializer.</summary>
    /// <param name="options">
    /// How values are written. The default is null: fields are included, since tuples consist of them, and NaN and the infinities are written by their names.
    /// </param>
    public JsonSnapshotSerializer(JsonSerializerOptions? options = null)
    {
        _options = new JsonSerializerOptions(options ?? new JsonSerializerOptions
        {
            IncludeFields = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        });
        _options.MakeReadOnly(populateMissingResolver: true);
    }

    /// <inheritdoc/>
    public void Serialize<T>(IBufferWriter<byte> writer, T value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (_objections.GetOrAdd(typeof(T), JsonTypeCheck.Object, _options) is { } objection)
        {
            throw new NotSupportedException(objection);
        }

        using var json = new Utf8JsonWriter(writer);
        JsonSerializer.Serialize(json, value, _options);
    }

    /// <inheritdoc/>
    public T Deserialize<T>(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<T>(bytes, _options)!;
}
