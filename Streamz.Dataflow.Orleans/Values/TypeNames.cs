using System.Text;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Types as users write them, for messages.</summary>
internal static class TypeNames
{
    /// <returns>The full name, with type arguments in angle brackets and nested types after a dot.</returns>
    public static string Of(Type type)
    {
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        var name = type.IsGenericParameter ? type.Name : type.IsGenericType ? type.GetGenericTypeDefinition().FullName : type.FullName;
        return Name(name ?? type.Name, type.IsGenericParameter ? [] : type.GetGenericArguments());
    }

    private static string Name(string name, Type[] arguments)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '`')
            {
                text.Append(name[i] == '+' ? '.' : name[i]);
                continue;
            }

            var count = 0;
            while (i + 1 < name.Length && char.IsAsciiDigit(name[i + 1]))
            {
                count = (count * 10) + (name[++i] - '0');
            }

            text.Append('<');
            for (var end = Math.Min(next + count, arguments.Length); next < end; next++)
            {
                text.Append(Of(arguments[next])).Append(next + 1 < end ? ", " : "");
            }

            text.Append('>');
        }

        return text.ToString();
    }
}
