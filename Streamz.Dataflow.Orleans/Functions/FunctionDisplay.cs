using System.Reflection;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>Methods as people know them: the compiler's names for lambdas and local functions say where these are, to those who know how to read them.</summary>
internal static class FunctionDisplay
{
    /// <returns>For example <c>Acme.Orders.Total</c>, <c>the lambda in Acme.Orders.Total</c> or <c>the local function Add in Acme.Orders.Total</c>.</returns>
    public static string Of(MethodInfo method)
    {
        var type = method.DeclaringType;
        while (type is { DeclaringType: not null } && type.Name.StartsWith('<'))
        {
            type = type.DeclaringType;
        }

        var prefix = type is null ? "" : TypeNames.Of(type) + ".";
        if (!method.Name.StartsWith('<'))
        {
            return prefix + method.Name;
        }

        var name = method.Name.TrimStart('<');
        var end = name.IndexOf('>', StringComparison.Ordinal);
        var outer = prefix + (end < 0 ? name : name[..end]);
        var local = name.IndexOf(">g__", StringComparison.Ordinal);
        var bar = name.IndexOf('|', StringComparison.Ordinal);
        return local >= 0 && bar > local ? $"the local function {name[(local + 4)..bar]} in {outer}" : $"the lambda in {outer}";
    }

    /// <returns>A lambda that calls the method.</returns>
    public static string Wrapped(MethodInfo method, bool isOpen)
    {
        var count = method.GetParameters().Length;
        var names = string.Join(", ", ((string[])["x", "y", "z"])[..Math.Min(count, 3)]) + (count > 3 ? ", …" : "");
        if (method.IsStatic)
        {
            return $"{(count == 1 ? "x" : $"({names})")} => {method.DeclaringType?.Name}.{method.Name}({names})";
        }

        return isOpen && count == 0
            ? $"x => x.{method.Name}()"
            : $"{(count == 1 ? "x" : $"({names})")} => target.{method.Name}({names})";
    }
}
