using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Serialization;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Turns one value into bytes of its own, so that a value that cannot travel fails alone, and not with the message that it would have gone in.</summary>
/// <remarks>
/// Values are written by their declared type, which both ends know: it says how to read them, and what arrives can be nothing else. Safe
/// for any number of threads.
/// </remarks>
/// <param name="serializer">The codecs.</param>
/// <param name="json">The types that go as JSON, the same on clients and workers; none if null.</param>
internal sealed class ValueSerializer(Serializer serializer, Func<Type, bool>? json = null)
{
    private readonly ConcurrentDictionary<Type, ValueCodec> _codecs = new();
    private readonly ConcurrentDictionary<Type, string?> _objections = new();

    /// <exception cref="NotSupportedException">The value cannot be serialised; the message names both types and says what to do.</exception>
    public byte[] Serialize<T>(T value) => CodecOf<T>().Write(value);

    /// <exception cref="NotSupportedException">The bytes are of no such value, or its type is not known here.</exception>
    public T Deserialize<T>(byte[] bytes) => CodecOf<T>().Read(bytes);

    /// <inheritdoc cref="Serialize{T}(T)"/>
    public byte[] Serialize(Type declared, object? value) => CodecOf(declared).WriteObject(value);

    /// <inheritdoc cref="Deserialize{T}(byte[])"/>
    public object? Deserialize(Type declared, byte[] bytes) => CodecOf(declared).ReadObject(bytes);

    /// <summary>Why values of a type cannot be serialised, as far as that can be told without a value.</summary>
    /// <returns>One sentence that names the type, and the remedies; null if nothing speaks against it.</returns>
    public string? Objection(Type declared) =>
        _objections.GetOrAdd(
            declared,
            static (type, self) => self.OffenderIn(type) is { } offender ? ValueTexts.Objection(type, offender) : null,
            this);

    private ValueCodec<T> CodecOf<T>() => Unsafe.As<ValueCodec<T>>(CodecOf(typeof(T)));

    private ValueCodec CodecOf(Type declared) =>
        _codecs.TryGetValue(declared, out var codec) ? codec : _codecs.GetOrAdd(declared, static (type, self) => self.MakeCodec(type), this);

    private ValueCodec MakeCodec(Type declared)
    {
        if (declared.IsByRefLike || declared.IsPointer || declared.IsByRef || declared == typeof(void) || declared.ContainsGenericParameters)
        {
            throw new NotSupportedException($"There are no values of type {TypeNames.Of(declared)} that could be sent to a worker.");
        }

        // Raw goes before JSON: of these, no predicate can want more than that they arrive.
        if (RawTypes.IsElement(declared))
        {
            return Make(typeof(RawCodec<>).MakeGenericType(declared));
        }

        var general = Make(typeof(GeneralCodec<>).MakeGenericType(declared), serializer, UsesJson(declared));
        return RawTypes.ElementOf(declared) is { } element
            ? Make(typeof(RawArrayCodec<,>).MakeGenericType(declared, element), general)
            : general;
    }

    private static ValueCodec Make(Type type, params object[] arguments) => (ValueCodec)Activator.CreateInstance(type, arguments)!;

    private bool UsesJson(Type type) => json is not null && JsonValues.Uses(type, json);

    /// <returns>The type that has no serializer: the declared one, or one that its values hold.</returns>
    private Type? OffenderIn(Type type)
    {
        if (type == typeof(object) || RawTypes.IsElement(type) || UsesJson(type))
        {
            return null;
        }

        if (typeof(Delegate).IsAssignableFrom(type) || !(CanSerialize(type) ?? true))
        {
            return type;
        }

        // The codec of a collection says that it can, or fails, for want of one for the elements.
        foreach (var part in HeldBy(type))
        {
            if (OffenderIn(part) is { } offender)
            {
                return offender;
            }
        }

        return CanSerialize(type) is null ? type : null;
    }

    /// <summary>The types that values of a type of the framework hold. Type arguments of other types may be no more than a tag.</summary>
    private static Type[] HeldBy(Type type)
    {
        if (type.IsArray)
        {
            return [type.GetElementType()!];
        }

        var isHolder = type is { IsGenericType: true, Namespace: { } space }
            && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal))
            && (!type.IsAbstract || typeof(IEnumerable).IsAssignableFrom(type));
        return isHolder ? type.GetGenericArguments() : [];
    }

    /// <returns>What the codecs say; null if they fail to say it.</returns>
    private bool? CanSerialize(Type type)
    {
        try
        {
            return serializer.CanSerialize(type);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
