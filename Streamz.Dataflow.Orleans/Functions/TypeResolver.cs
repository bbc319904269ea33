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

        if (reference.Name.Length == 0 || reference.Name.AsSpan().ContainsAny(s_syntax) || Find(reference, user) is not { } type)
        {
            throw new TypeLoadException($"The worker knows no type '{reference.Name}' of '{reference.Assembly}'.");
        }

        return type.IsGenericTypeDefinition || arguments.Length > 0 ? type.MakeGenericType(arguments) : type;
    }

    private static Type? Find(TypeReference reference, Assembly user)
    {
        if (user.GetName().Name == reference.Assembly)
        {
            return user.GetType(reference.Name, throwOnError: false);
        }

        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsDynamic && assembly.GetName().Name == reference.Assembly)
            {
                return assembly.GetType(reference.Name, throwOnError: false);
            }
        }

        // An assembly may refer to a type by another one, which only says where the type is now.
        foreach (var name in user.GetReferencedAssemblies())
        {
            if (Load(name, user)?.GetType(reference.Name, throwOnError: false) is { } type && type.Assembly.GetName().Name == reference.Assembly)
            {
                return type;
            }
        }

        return null;
    }

    private static Assembly? Load(AssemblyName name, Assembly user)
    {
        try
        {
            return (AssemblyLoadContext.GetLoadContext(user) ?? AssemblyLoadContext.Default).LoadFromAssemblyName(name);
        }
        catch (IOException)
        {
            // Not deployed: whatever it holds, the function can do without.
            return null;
        }
    }
}
