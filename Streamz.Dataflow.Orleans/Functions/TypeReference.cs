using Orleans;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>Names a type without a build of its assembly: as the type of a delegate or as a type argument, never as what is run.</summary>
[GenerateSerializer]
[Immutable]
[Alias("streamz.type")]
internal sealed class TypeReference
{
    /// <summary>The simple name; empty for an array.</summary>
    [Id(0)]
    public string Assembly { get; set; } = "";

    /// <summary>The name with its namespace and the types that it is nested in, or <see cref="ArrayName"/>.</summary>
    [Id(1)]
    public string Name { get; set; } = "";

    /// <summary>The type arguments, or the type of the elements of an array.</summary>
    [Id(2)]
    public TypeReference[] Arguments { get; set; } = [];

    /// <summary>The dimensions of an array; zero for one that is no other than <c>T[]</c>.</summary>
    [Id(3)]
    public int Rank { get; set; }

    public const string ArrayName = "[]";

    public static TypeReference Of(Type type)
    {
        if (type.IsArray)
        {
            return new TypeReference { Name = ArrayName, Rank = type.IsSZArray ? 0 : type.GetArrayRank(), Arguments = [Of(type.GetElementType()!)] };
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return new TypeReference
        {
            Assembly = definition.Assembly.GetName().Name ?? "",
            Name = definition.FullName ?? "",
            Arguments = AllOf(type.GetGenericArguments()),
        };
    }

    public static TypeReference[] AllOf(Type[] types) => types.Length == 0 ? [] : Array.ConvertAll(types, Of);
}
