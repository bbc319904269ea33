using System.Buffers;
using System.Reflection;
using System.Runtime.Loader;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>Finds types by their references, on the worker, without loading what a reference names but the function's own assembly does not.</summary>
internal static class TypeResolver
{
    private const int MaxDepth = 32;

    /// <summary>With these, a name says more than which type of the assembly: type arguments with assemblies of their own, above all.</summary>
    private static readonly SearchValues<char> s_syntax = SearchValues.Create("[],*&\\");

    /// <param name="reference">The type.</param>
    /// <param name="user">The assembly of the function: what it refers to is loaded, if need be, as it would be when the function runs.</param>
    /// <param name="depth">How many types the reference is an argument in.</param>
    /// <exception cref="TypeLoadException">There is no such type here.</exception>
    public static Type Resolve(TypeReference reference, Assembly user, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw new TypeLoadException("The type has too many type arguments in one another.");
        }

        var arguments = Array.ConvertAll(reference.Arguments, argument => Resolve(argument, user, depth + 1));
        if (reference.Name == TypeReference.ArrayName && arguments.Length == 1)
        {
            return reference.Rank == 0 ? arguments[0].MakeArrayType() : arguments[0].MakeArrayType(reference.Rank);
        }

        if (reference.Name.AsSpan().ContainsAny(s_syntax) || Find(reference.Assembly, user)?.GetType(reference.Name, throwOnError: false) is not { } type)
        {
            throw new TypeLoadException($"The worker knows no type '{reference.Name}' of '{reference.Assembly}'.");
        }

        return type.IsGenericTypeDefinition || arguments.Length > 0 ? type.MakeGenericType(arguments) : type;
    }

    private static Assembly? Find(string name, Assembly user)
    {
        if (user.GetName().Name == name)
        {
            return user;
        }

        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsDynamic && assembly.GetName().Name == name)
            {
                return assembly;
            }
        }

        foreach (var referenced in user.GetReferencedAssemblies())
        {
            if (referenced.Name == name)
            {
                return (AssemblyLoadContext.GetLoadContext(user) ?? AssemblyLoadContext.Default).LoadFromAssemblyName(referenced);
            }
        }

        return null;
    }
}
