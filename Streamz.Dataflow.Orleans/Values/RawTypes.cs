namespace Streamz.Dataflow.Orleans.Values;

/// <summary>The types that travel as their own bytes.</summary>
/// <remarks>
/// Not among them: <c>decimal</c>, of which not every pattern of bits is one; <c>DateTime</c>, whose local time is another moment on another
/// machine; <c>nint</c>, which is not of one size everywhere.
/// </remarks>
internal static class RawTypes
{
    private static readonly HashSet<Type> s_elements =
    [
        typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), typeof(char), typeof(Guid),
    ];

    private static readonly HashSet<Type> s_collections =
    [
        typeof(List<>), typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>),
    ];

    public static bool IsElement(Type type) => BitConverter.IsLittleEndian && s_elements.Contains(type);

    /// <returns>The type of the elements, if <paramref name="declared"/> may hold an array or a list whose bytes can be copied.</returns>
    public static Type? ElementOf(Type declared)
    {
        var element = declared.IsSZArray ? declared.GetElementType()!
            : declared.IsGenericType && s_collections.Contains(declared.GetGenericTypeDefinition()) ? declared.GetGenericArguments()[0]
            : null;
        return element is not null && IsElement(element) ? element : null;
    }
}
