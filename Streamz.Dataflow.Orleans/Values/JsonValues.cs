using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>What is particular to values as JSON.</summary>
internal static class JsonValues
{
    /// <summary>With public fields, which would be left out in silence otherwise: those of tuples are such.</summary>
    public static JsonSerializerOptions Options { get; } = new() { IncludeFields = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Whether a type goes as JSON: it was opted in, or holds one that was, in its elements or type arguments.</summary>
    public static bool Uses(Type type, Func<Type, bool> optedIn)
    {
        if (optedIn(type) || (type.GetElementType() is { } element && Uses(element, optedIn)))
        {
            return true;
        }

        foreach (var argument in type.GetGenericArguments())
        {
            if (Uses(argument, optedIn))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of a value of a derived type, JSON writes what the declared type has and no more, without a word.</summary>
    /// <returns>Why the value would come back as something else; null if it would not.</returns>
    public static string? RefusalOf(Type declared, object value)
    {
        var actual = value.GetType();
        if (actual == declared
            || Nullable.GetUnderlyingType(declared) == actual
            || declared == typeof(object)
            || (declared.IsInterface && declared.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true)
            || declared.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false)
            || declared.IsDefined(typeof(JsonConverterAttribute), inherit: false))
        {
            return null;
        }

        var (more, less) = (TypeNames.Of(actual), TypeNames.Of(declared));
        return $"JSON would lose what {more} adds to {less}. Name it with [JsonDerivedType] on {less}, or declare the type itself.";
    }
}
