using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Streamz.Dataflow;

/// <summary>Finds out what of a type would be lost on the way through JSON: that shows only when a state is restored, which is too late.</summary>
internal static class JsonTypeCheck
{
    /// <summary>Why values of a type cannot be trusted to JSON, with the cure; null if they can.</summary>
    public static string? Object(Type type, JsonSerializerOptions options) => Object(type, options, []);

    private static string? Object(Type type, JsonSerializerOptions options, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return null;
        }

        if (type == typeof(object))
        {
            return "a value that is declared as object would not be known again. Declare its type, or give CheckpointOptions.Serializer a converter for it.";
        }

        JsonTypeInfo info;
        try
        {
            info = options.GetTypeInfo(type);
        }
        catch (Exception failure) when (failure is NotSupportedException or InvalidOperationException)
        {
            return $"{type} cannot be written as JSON: {failure.Message}";
        }

        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => Object(info.ElementType!, options, seen),
            JsonTypeInfoKind.Dictionary => Object(info.KeyType!, options, seen) ?? Object(info.ElementType!, options, seen),
            JsonTypeInfoKind.Object => ObjectToMembers(info, options, seen),

            // A converter knows what it does; that of a Nullable is of the type inside.
            _ => Nullable.GetUnderlyingType(type) is { } inside ? Object(inside, options, seen) : null,
        };
    }

    private static string? ObjectToMembers(JsonTypeInfo info, JsonSerializerOptions options, HashSet<Type> seen)
    {
        var type = info.Type;
        if (info.PolymorphismOptions is { DerivedTypes.Count: > 0 } polymorphism)
        {
            foreach (var derived in polymorphism.DerivedTypes)
            {
                if (derived.DerivedType != type && Object(derived.DerivedType, options, seen) is { } objection)
                {
                    return objection;
                }
            }
        }

        if (type.IsAbstract)
        {
            return info.PolymorphismOptions is { DerivedTypes.Count: > 0 }
                ? null
                : $"the type of a value that is declared as {type} would not be known again. Declare its type, or name the derived ones with [JsonDerivedType].";
        }

        if (info.CreateObject is null && !info.Properties.Any(property => property.AssociatedParameter is not null))
        {
            return $"{type} cannot be made from JSON: it has no public constructor without parameters, and none whose parameters are its properties. Add one, or give CheckpointOptions.Serializer a converter for it.";
        }

        var restored = info.Properties.Where(property => property.Get is not null && (property.Set is not null || property.AssociatedParameter is not null)).ToList();
        var names = restored.Select(property => NameOf((property.AttributeProvider as MemberInfo)?.Name ?? property.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (FieldsOf(type).FirstOrDefault(field => !names.Contains(NameOf(field.Name)) && !IsLeftOut(field)) is { } lost)
        {
            return $"the {Describe(lost)} of {type} would be lost. Make it a property with a setter, or with a parameter of the constructor; mark it [JsonIgnore] or [NonSerialized] if that is right; or give CheckpointOptions.Serializer a converter for the type.";
        }

        return restored.Select(property => Object(property.PropertyType, options, seen)).FirstOrDefault(objection => objection is not null);
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type? type)
    {
        for (; type is not null && type != typeof(object) && type != typeof(ValueType); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    private static bool IsLeftOut(FieldInfo field) =>
        field.IsDefined(typeof(JsonIgnoreAttribute))
#pragma warning disable SYSLIB0050 // The attribute itself is not obsolete.
        || field.IsNotSerialized
#pragma warning restore SYSLIB0050
        || field.DeclaringType!.GetProperty(NameOf(field.Name), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.IsDefined(typeof(JsonIgnoreAttribute)) == true;

    private static string Describe(FieldInfo field) => field.Name.StartsWith('<') ? $"property {NameOf(field.Name)}" : $"field {field.Name}";

    /// <summary>The name that a field and the property that shows it have in common.</summary>
    private static string NameOf(string member)
    {
        if (member.StartsWith('<'))
        {
            return member[1..member.IndexOf('>', StringComparison.Ordinal)];
        }

        return member.StartsWith("m_", StringComparison.Ordinal) ? member[2..] : member.TrimStart('_');
    }
}
