namespace Streamz.Dataflow.Graph;

/// <summary>Writes a type as its user would.</summary>
internal static class TypeName
{
    public static string Of(Type type) =>
        type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>"
            : type.Name;
}
